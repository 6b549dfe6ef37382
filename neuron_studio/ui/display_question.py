"""A question to the X server, on the connection that Qt draws on: answered once all before it is drawn."""

from __future__ import annotations

import ctypes
from collections.abc import Callable

from PySide6.QtGui import QGuiApplication, QNativeInterface

Question = Callable[[], Callable[[], bool]]


class _Cookie(ctypes.Structure):
    """xcb_get_input_focus_cookie_t: the number of a request."""

    _fields_ = (("sequence", ctypes.c_uint),)


def x11_question() -> Question | None:
    """What asks the X server and gives what tells, without waiting, whether it has answered; None without X11.

    QGuiApplication.sync() would ask the same and hold the window until the answer is there.
    """
    app = QGuiApplication.instance()
    if not isinstance(app, QGuiApplication) or QGuiApplication.platformName() != "xcb":
        return None  # the offscreen platform has the interface too, and no server behind it
    native = app.nativeInterface()
    if not isinstance(native, QNativeInterface.QX11Application):
        return None
    connection = native.connection()
    xcb = ctypes.CDLL("libxcb.so.1")  # loaded already, by Qt itself
    pointer = ctypes.c_void_p
    xcb.xcb_get_input_focus.argtypes, xcb.xcb_get_input_focus.restype = [pointer], _Cookie
    xcb.xcb_flush.argtypes = [pointer]
    xcb.xcb_poll_for_reply.argtypes = [pointer, ctypes.c_uint, ctypes.POINTER(pointer), ctypes.POINTER(pointer)]
    free = ctypes.CDLL(None).free
    free.argtypes = [pointer]

    def ask() -> Callable[[], bool]:
        sequence = xcb.xcb_get_input_focus(connection).sequence
        xcb.xcb_flush(connection)

        def is_answered() -> bool:
            reply, error = pointer(), pointer()
            if not xcb.xcb_poll_for_reply(connection, sequence, ctypes.byref(reply), ctypes.byref(error)):
                return False
            free(reply)
            free(error)
            return True

        return is_answered

    return ask
