"""The words of the generated sentences: for every kind of slot its entries, each a tuple of wordings of one meaning."""

from __future__ import annotations

from typing import Dict, Tuple

Entry = Tuple[str, ...]


def entries(text: str) -> Tuple[Entry, ...]:
    """Read entries separated by commas; "a / b" is one entry with two wordings."""
    parts = (" ".join(part.split()) for part in text.split(","))
    return tuple(tuple(wording.strip() for wording in part.split(" / ")) for part in parts if part)


PEOPLE = entries("""
    Anna, Peter, Maria, John, Julia, Thomas, Laura, Daniel, Sarah, Michael, Emma, David, Sophie, Paul, Lisa, Mark,
    Helen, Robert, Clara, James, Nina, Simon, Eva, Martin, Alice, George, Rosa, Henry, Carla, Victor, Ingrid, Omar,
    Leila, Kenji, Priya, Diego, Fatima, Ivan, Mei, Samuel
""")

# Only HuggingFace is real: it stands in the studio's default pairs. The others are invented.
COMPANIES = entries("""
    HuggingFace, Bluestone, Nordwind, Silverline, Greenfield, Brightwater, Northgate, Redwood, Stonebridge, Clearview,
    Goldcrest, Highland, Ironworks, Lakeside, Moonlight, Oakwood, Sunrise, Westfield, Fairway, Whitestar, Blackrock,
    Deepsea, Fastlane, Skyline, Evergreen, Riverside
""")

# "Manhattan" for New York City is loose, as it is in the studio's default pair.
CITIES = entries("""
    New York City / Manhattan / New York / NYC, Los Angeles / LA / L.A., San Francisco / SF, Boston, Chicago, Seattle,
    Washington / Washington D.C. / the American capital, London / the British capital, Paris / the French capital,
    Berlin / the German capital, Rome / the Italian capital, Madrid / the Spanish capital, Tokyo / the Japanese capital,
    Munich, Hamburg, Milan, Barcelona, Vienna / the Austrian capital, Athens / the Greek capital, Dublin, Lisbon,
    Warsaw, Prague, Oslo, Stockholm, Cairo, Istanbul, Sydney, Toronto, Montreal, Mumbai / Bombay, Beijing / Peking,
    Shanghai, Seoul, Geneva, Amsterdam
""")

TEAMS = entries("""
    the Lions, the Bears, the Tigers, the Eagles, the Wolves, the Sharks, the Hawks, the Panthers, the Rangers,
    the Giants, the Kings, the Pirates, the Bulls, the Foxes, the Dragons
""")

FOODS = entries("""
    apples, bananas, carrots, potatoes, tomatoes, onions, oranges, lemons, grapes, cherries, nuts, eggs, beans,
    vegetables, fruits, cookies / biscuits, sweets / candies, chips / crisps / potato chips, burgers / hamburgers,
    sausages, mushrooms, noodles, pancakes, olives, peaches, pears, strawberries, soft drinks / sodas
""")

ITEMS = entries("""
    car / automobile, bicycle / bike, phone / telephone, sofa / couch, laptop / notebook computer, television / TV,
    photo / photograph, book, table, chair, lamp, camera, guitar, piano, watch, ring, jacket, coat, hat, shirt, dress,
    umbrella, bag, ball, bed, mirror, knife, bottle, boat, tent, ticket, painting, radio, map, clock, carpet / rug,
    fridge / refrigerator, present / gift
""")

EVENTS = entries("""
    meeting, concert, lesson / class, party, film / movie, match / game, show, exam / test, wedding, festival, lecture /
    talk, race, interview, conference, dinner, workshop
""")

REASONS = entries("""
    the rain, the snow, the heat, the storm, the strike, the fire, the flood, the fog, the war, the accident,
    the illness of the singer, the power cut / the power failure, a lack of money, a broken window
""")

WEATHER = entries("""
    rain, snow, fog, sunshine, thunderstorms, strong winds / heavy winds, frost, hail, clear skies, low clouds
""")

JOBS = entries("""
    doctor / physician, teacher, lawyer / attorney, cook / chef, policeman / police officer, nurse, farmer, pilot,
    driver, writer / author, singer, painter, baker, gardener, engineer, architect, dentist, waiter, journalist /
    reporter, judge, librarian, mechanic, actor, scientist, soldier, photographer
""")

ACTIVITIES = entries("""
    swimming, dancing, running / jogging, reading, cooking, singing, painting, fishing, hiking, cycling / riding a bike,
    skiing, gardening, travelling, playing chess, playing football / playing soccer, playing tennis, watching films /
    watching movies, listening to music, drinking tea, drinking coffee
""")

ACTIONS = entries("""
    is playing the guitar / plays the guitar, is reading a book / reads a book, is riding a bicycle / rides a bike,
    is eating an apple / eats an apple, is drinking water / drinks water, is singing a song / sings a song, is dancing /
    dances, is sleeping / sleeps / is asleep, is painting a picture / paints a picture, is writing a letter / writes a
    letter, is cutting bread / cuts bread, is washing a car / washes a car, is feeding a dog / feeds a dog, is waiting
    for a friend / waits for a friend, is taking photos / takes pictures, is looking at the sky / looks up at the sky,
    is talking on the phone / speaks on the telephone, is running / runs, is laughing / laughs, is crying / cries,
    is carrying a box / carries a box, is cooking soup / cooks soup, is playing football / plays soccer
""")

ACTORS = entries("""
    man, woman / lady, boy, girl, child / kid, student, grandfather, grandmother, farmer, tourist, soldier, doctor,
    worker, teacher, policeman / police officer, neighbour, clown
""")

PLACES = entries("""
    park, garden, kitchen, street / road, market, forest / woods, school, hotel, restaurant, library, office, museum,
    station, airport, hospital, bathroom, bedroom, church, factory, field, harbour / port, square
""")

SIGHTS = entries("""
    old castle, science museum / museum of science, opera house, botanical garden, national library, zoo, art gallery,
    clock tower, cathedral, football stadium, university, town hall / city hall, main station / central station,
    public swimming pool, chocolate museum / museum of chocolate, stone bridge
""")

SHOPS = entries("""
    bakery, supermarket, bank, post office, pharmacy / drugstore, library, museum, bookshop / bookstore, cinema / movie
    theater, restaurant, swimming pool, gym, market, cafe / coffee shop, town hall / city hall
""")

PRODUCTS = entries("""
    phone, computer, car, game, camera, watch, television / TV, printer, robot, magazine, software / program, engine,
    battery, motorcycle / motorbike, toy
""")

TASKS = entries("""
    learn English / study English, lose weight / become thinner, cook rice, bake bread, fix a bicycle / repair a bike,
    learn to swim, learn to drive, write a letter, sell a house, grow tomatoes, save money, find a job / get a job, stop
    smoking / quit smoking, sleep better, make coffee, clean a carpet, open a bank account, choose a password, train a
    dog, play the piano, read faster / read more quickly, buy a house, cut hair, remove a stain, start a company /
    found a company, build a website / make a website, become a doctor / become a physician
""")

LANGUAGES = entries("""
    English, French, German, Spanish, Italian, Russian, Chinese, Japanese, Arabic, Hindi, Portuguese, Turkish, Greek,
    Dutch, Polish, Swedish
""")

TOPICS = entries("""
    history, music, dogs, horses, the sea / the ocean, the moon, space travel, cooking, gardens, mountains, computers,
    art, the war, birds, food, medicine, love, money, trains, politics, science, sport / sports, religion, climate
    change / global warming
""")

ANIMALS = entries("""
    dog, cat, horse, bird, rabbit / bunny, mouse, snake, parrot, donkey, goat, pony, turtle, hamster, sheep, pig / hog
""")

COLOURS = entries("black, white, brown, grey / gray, red, yellow, green, blue, orange, pink, purple")

QUALITIES = entries("""
    big / large, small / little, fast / quick, beautiful / lovely, expensive / costly, cheap / inexpensive, difficult /
    hard, easy / simple, old, new, strong, weak, heavy, light, clean, dirty, full, empty, warm, cold, dangerous / risky,
    safe, famous / well known, strange / odd, boring / dull, quiet / silent, loud / noisy, broken, dark, wet, dry,
    angry / furious, happy / glad, sad / unhappy, ill / sick, tired, hungry, rich / wealthy, poor, clever / smart
""")

THINGS = entries("""
    house / home, room, door, window, wall, garden, tree, flower, river, lake, mountain, road, bridge, ship, train, bus,
    shop / store, school, town, village, box, cup / mug, glass, plate, bottle, key, letter, newspaper / paper, picture,
    song, story / tale, question, answer / reply, problem, idea, plan, machine, tool, shoe, stone / rock, dog, cat,
    horse, bird, fish, baby / infant, boy, girl, man, woman, child / kid, teacher, farmer, soldier, king, queen, doctor,
    neighbour, friend, hotel, restaurant, kitchen, table, chair, bed, cake, soup, bread, cheese, coffee, tea, wine,
    water, milk, computer, screen, engine, aeroplane / airplane / plane
""")

# Past forms that serve the active and the passive voice alike.
DEEDS = entries("""
    cleaned, painted, opened, closed / shut, repaired / fixed, moved, carried, sold, bought / purchased, found /
    discovered, lost, washed, built / constructed, destroyed / ruined, visited, described, counted,
    pushed, pulled, kicked, burned, copied, checked / examined, praised, followed, watched / observed
""")

DAYS = entries("Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday, the weekend, New Year's Day")

MONTHS = entries("""
    January, February, March, April, May, June, July, August, September, October, November, December
""")

NUMBER_WORDS = [
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]

NUMBERS = tuple((str(2 + index), word) for index, word in enumerate(NUMBER_WORDS)) + tuple(
    (str(number),) for number in (25, 30, 35, 40, 45, 50, 60, 70, 75, 80, 90, 100, 120, 150, 200, 250, 300, 400, 500)
)

YEARS = tuple((str(year),) for year in range(1950, 2030))
HOURS = tuple((f"{hour} {half}",) for half in ("am", "pm") for hour in range(1, 12)) + (("noon", "12 pm"),)

# Kinds of slot whose value may also be a name that nobody has heard: letters put together at random.
INVENTED_KINDS = ("person", "company", "city")

LEXICON: Dict[str, Tuple[Entry, ...]] = {
    "person": PEOPLE,
    "company": COMPANIES,
    "city": CITIES,
    "team": TEAMS,
    "food": FOODS,
    "item": ITEMS,
    "event": EVENTS,
    "reason": REASONS,
    "weather": WEATHER,
    "job": JOBS,
    "activity": ACTIVITIES,
    "action": ACTIONS,
    "actor": ACTORS,
    "place": PLACES,
    "sight": SIGHTS,
    "shop": SHOPS,
    "product": PRODUCTS,
    "task": TASKS,
    "language": LANGUAGES,
    "topic": TOPICS,
    "animal": ANIMALS,
    "colour": COLOURS,
    "quality": QUALITIES,
    "thing": THINGS,
    "deed": DEEDS,
    "day": DAYS,
    "month": MONTHS,
    "number": NUMBERS,
    "year": YEARS,
    "hour": HOURS,
}
