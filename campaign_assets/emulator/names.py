"""Names a marketer would give to campaigns and assets.

Belongs here: word lists and how they are put together. Not here: how many of what there are (`population`).
"""

import re
from datetime import date
from random import Random

_THEMES = (
    "Product Launch", "Webinar Series", "Customer Stories", "Newsletter", "Trade Show", "Brand Awareness",
    "Lead Nurturing", "Win-back", "Partner Program", "Black Friday", "Summer Sale", "Holiday Gift Guide",
    "Free Trial Push", "Onboarding", "Referral", "ABM Tier 1", "Thought Leadership", "Roadshow", "User Conference",
    "Price Change", "Back to School", "Year in Review", "Demo Days", "Feature Spotlight", "Hiring",
)  # fmt: skip
_SEASONS = {
    "Black Friday": (10, 11),
    "Summer Sale": (5, 6, 7),
    "Holiday Gift Guide": (11, 12),
    "Back to School": (8, 9),
    "Year in Review": (12, 1),
}
"""Themes that only some months have."""
_PRODUCTS = (
    "Aurora CRM", "Northwind Analytics", "Harbor Pay", "Lumen Mail", "Atlas Maps", "Kite Scheduling",
    "Cedar Payroll", "Orbit Support", "Pebble POS", "Quartz Security",
)  # fmt: skip
_REGIONS = ("EMEA", "DACH", "UK & Ireland", "North America", "LATAM", "APAC", "Nordics", "Global")
_UNUSUAL = (
    "🎉 Summer Sale {year} 🎉",
    "新製品発表キャンペーン {year}年",
    "קמפיין השקה {year} – ישראל",
    "حملة الربيع {year}",
    "Frühjahrsaktion „Grün & Günstig“ {year}",
    "Été {year} : l’offre fidélité",
    "Café ☕ con clientes {year}",
    '"Quoted", {{braced}} \\ back/slashed & 100% <b>odd</b> {year}',
    "{year} 고객 감사 이벤트",
)
_ASSET_WORDS = {
    "AD_CAMPAIGN": ("Search | {p} | {r}", "Retargeting – {t}", "Lookalike {r} – {p}"),
    "BLOG_POST": ("{n} ways {p} helps teams in {r}", "What we learned from {t} #{n}", "Why {t} matters"),
    "SOCIAL_BROADCAST": ("{t} teaser #{n}", "{p}: customer quote {n}", "Live now: {t} 🚀"),
    "WEB_INTERACTIVE": ("Book a demo – {p}", "Banner {t} v{n}", "Exit pop-up {r}"),
    "CTA": ("Download the guide (old) {n}", "Talk to sales {r}"),
    "EXTERNAL_WEB_URL": ("https://partners.example.com/{n}/landing", "https://events.example.org/{n}"),
    "FORM": ("Registration – {t}", "Contact us {r}", "Guide download form {n}"),
    "LANDING_PAGE": ("{t} – landing page {r}", "{p} free trial", "Thank you – {t} {n}"),
    "MARKETING_EMAIL": ("{t} – invitation {n}", "{t} – last call", "{p} monthly digest {n}", "Follow-up {n}: {t}"),
    "MARKETING_EVENT": ("{t} live {n}", "{p} meetup {r}"),
    "OBJECT_LIST": ("{t}: registrants {n}", "SMB CEOs {r}", "Opted-in {r} {n}"),
    "SITE_PAGE": ("{p} pricing", "{p} overview {n}", "About {t}"),
    "AUTOMATION_PLATFORM_FLOW": ("Nurture – {t}", "Lead routing {r}", "Reminder sequence {n}"),
    "MARKETING_SMS": ("Reminder: {t}", "{t} code {n}"),
}


def campaign_name(random: Random, number: int, start: date, theme: str | None = None) -> str:
    """Give the name of the portal's campaign `number`, of a theme if one is given.

    Names may repeat; the caller makes them unique.
    """
    year, quarter = start.year, (start.month + 2) // 3
    if number % 9 == 4:
        return _UNUSUAL[(number // 9) % len(_UNUSUAL)].format(year=year)
    product, region = random.choice(_PRODUCTS), random.choice(_REGIONS)
    if theme is None:
        theme = random.choice([name for name in _THEMES if start.month in _SEASONS.get(name, range(1, 13))])
    style = random.randrange(4)
    if style == 0:
        return f"{year} Q{quarter} | {theme} | {product} | {region}"
    if style == 1:
        return f"{theme}: {product} ({region}) {year}"
    if style == 2:
        return f"{product} {theme} {region} Q{quarter}/{year}"
    return f"{region} – {theme} {year}"


def asset_name(random: Random, asset_type: str) -> str:
    """Give an asset a name that suits its type; names repeat, as they do in a real portal."""
    patterns = _ASSET_WORDS.get(asset_type, ("{t} {n}", "{p} – {r}"))
    pick = random.random
    return patterns[int(pick() * len(patterns))].format(
        t=_THEMES[int(pick() * len(_THEMES))],
        p=_PRODUCTS[int(pick() * len(_PRODUCTS))],
        r=_REGIONS[int(pick() * len(_REGIONS))],
        n=int(pick() * 40) + 1,
    )


def utm_value(name: str, number: int) -> str:
    """Give a campaign's UTM value, by its name and number: lower-case letters, digits and dashes."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60] or "campaign"
    return f"{slug}-{number}"
