"""What customers say in English: pieces that `comments` puts together, parallel to the Chinese ones."""

from __future__ import annotations

from typing import Final

GOOD: Final = {
    "delivery": (
        "delivery is really fast",
        "my parcel came the next day",
        "the courier was polite",
        "packaging was solid",
        "they always deliver on time",
        "shipping was quicker than I expected",
        "frozen food arrives still frozen",
        "I can choose the delivery slot",
    ),
    "price": (
        "prices are fair",
        "good value for money",
        "the member discount is worth it",
        "coupons are easy to use",
        "cheaper than other shops",
        "great promotions",
        "points really pay off",
        "the bundle deals are great",
    ),
    "quality": (
        "quality is consistently good",
        "fruit is always fresh",
        "the products last",
        "exactly as described",
        "well made",
        "I trust what I buy here",
        "better than the price suggests",
        "my parents love it too",
    ),
    "service": (
        "customer service answers quickly",
        "the staff are patient",
        "returns are no trouble",
        "they solved my problem in one call",
        "support was friendly",
        "everything was explained clearly",
        "they called back as promised",
        "the shop assistant really helped",
    ),
    "app": (
        "the app is easy to use",
        "ordering takes a minute",
        "search finds what I want",
        "tracking is clear",
        "the new version is much smoother",
        "paying is one tap",
        "reordering is handy",
        "the layout is clean",
    ),
    "store": (
        "the store is clean",
        "shelves are well organised",
        "it is close to home",
        "a good range in the shop",
        "no queue at the checkout",
        "parking is easy",
        "the kids like the tastings",
        "nice atmosphere in store",
    ),
}

BAD: Final = {
    "delivery": (
        "delivery is too slow",
        "I waited a whole week",
        "the box arrived damaged",
        "the courier never called",
        "tracking was not updated for days",
        "one item was missing",
        "delivery slots are never available",
        "promised for the morning, came at night",
    ),
    "price": (
        "prices keep going up",
        "the discount rules are confusing",
        "it got cheaper the day after I bought it",
        "coupons never work",
        "shipping costs too much",
        "more expensive than elsewhere",
        "membership brings no benefit",
        "they raise prices before the sale",
    ),
    "quality": (
        "quality is worse than before",
        "some of the fruit was rotten",
        "it broke after two uses",
        "looks nothing like the picture",
        "close to the expiry date",
        "poorly made",
        "it had a strange smell",
        "the size was wrong",
    ),
    "service": (
        "customer service never answers",
        "they sent me from one desk to another",
        "the refund took twenty days",
        "the staff were rude",
        "three calls and still not solved",
        "the chat bot is useless",
        "nobody followed up my complaint",
        "exchanging an item is a pain",
    ),
    "app": (
        "the app keeps crashing",
        "pages load slowly",
        "payment got stuck",
        "too many pop-up ads",
        "search does not find anything",
        "the update made it worse",
        "I have to log in every time",
        "things vanish from my basket",
    ),
    "store": (
        "the shop is often out of stock",
        "queues are too long",
        "shelves are a mess",
        "hard to park",
        "the shop is too crowded",
        "the till charged more than the label",
        "the store near me closed",
        "lighting in the shop is poor",
    ),
}

OPENERS: Final = (
    "",
    "",
    "",
    "",
    "overall, ",
    "to be honest, ",
    "as a long-time customer, ",
    "for me ",
    "I think ",
    "so far ",
    "lately ",
    "well, ",
    "in my experience ",
    "honestly ",
)

JOINS: Final = (", and ", " and ", "; ", ", also ", ". Plus ", ", and on top of that ")
BUTS: Final = (", but ", ", though ", " but ", ", however ", ". Pity that ", ", only ")

GOOD_CLOSERS: Final = (
    "",
    "",
    "",
    ".",
    "!",
    ", would recommend",
    ", will come back",
    ". Keep it up",
    ". Thanks!",
    " :)",
    ", very happy",
)
MIXED_CLOSERS: Final = ("", "", ".", ", could be better", ", fine overall", ". It's ok", "...", ", so so")
BAD_CLOSERS: Final = (
    "",
    "",
    ".",
    "!",
    "!!",
    ", please fix this",
    ", never again",
    ", very disappointed",
    ". Not acceptable",
    ", poor experience",
)

EMPTY: Final = ("nothing", "none", "n/a", "all good", "ok", "no comment", "fine", "good", "not really")

TYPOS: Final = (
    ("the ", "th "),
    ("very", "vry"),
    ("really", "reely"),
    ("ing", "in"),
    ("quality", "qualty"),
    (",", ""),
)

PERSONAL: Final = (
    "please call me on {phone}",
    "my number is {phone}",
    "write to {email}",
    "this is {name}, my order is still open",
    "ask for {name}, {phone}",
    "{name}'s account was locked, contact {email}",
)
NAMES: Final = ("Jane Doe", "John Doe", "Joe Bloggs", "Max Example", "Ann Sample")

COMPLAINTS: Final = (
    "{bad}",
    "{bad}, wants a solution",
    "complaint: {bad}",
    "{bad}, asks for an explanation",
    "customer says {bad}",
    "{bad}, wants a refund",
)
ENQUIRIES: Final = {
    "delivery": ("when will it arrive", "change delivery address", "weekend delivery possible", "tracking status"),
    "price": ("member day discount", "how to use a coupon", "needs an invoice", "price guarantee rules"),
    "quality": ("shelf life of a product", "where is it made", "length of the warranty", "material and size"),
    "service": ("how to return an item", "how to redeem points", "change of profile", "rules of member levels"),
    "app": ("forgot the password", "no verification code", "change of phone in the app", "where are past orders"),
    "store": ("opening hours", "stock in a nearby store", "address of a store", "booking a pick-up"),
}
VISITS: Final = ("follow-up visit", "came to member day", "regular customer visit", "asked about new products")
POSTS: Final = ("posted: {good}", "wrote online that {good}", "ranted online that {bad}", "mentioned that {good}")
REFERRALS: Final = ("brought a friend as a member", "referral code used by a new member", "referred a colleague")
TOPICS: Final = {
    "delivery": "delivery",
    "price": "price",
    "quality": "quality",
    "service": "service",
    "app": "app",
    "store": "store",
}
KINDS_CHANNEL: Final = ("phone", "app", "chat", "store", "e-mail")
