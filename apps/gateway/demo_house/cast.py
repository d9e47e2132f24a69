"""Who lives in the demonstration's house and what they use models for: plain facts. People are
named by their part in it."""

from typing import NamedTuple


class Person(NamedTuple):
    """`role` is that of the house; a child has a user name alone."""

    name: str
    role: str = "member"
    is_child: bool = False

    @property
    def handle(self) -> str:
        return self.name.lower().replace(" ", ".")


class Use(NamedTuple):
    """One person, in one project, by one key (none: the house's own chat), through one app.
    `weight` is how much of all calls it makes, `from_month` when it begins (0: a year ago, 11: a
    month ago), `grows` by how much its share changes over the year."""

    person: str
    project: str
    key: str
    app: str
    taste: str
    hours: str
    weight: float
    from_month: int = 0
    grows: float = 1.0


class Limit(NamedTuple):
    """A budget. `whom`: a person, members of a project, or keys, by `covers`; `room` is how often
    what an average interval costs fits into it."""

    name: str
    covers: str
    interval: str
    room: float
    project: str = ""
    whom: tuple[str, ...] = ()


OWNER = "Owner"
PEOPLE = (
    Person(OWNER, "owner"),
    Person("Partner", "admin"),
    Person("Teenager"),
    Person("Child", is_child=True),
    Person("Grandparent"),
    Person("Student"),
    Person("Guest"),
    Person("Tutor"),
    Person("Caretaker"),
    Person("Office manager"),
    Person("Bookkeeper"),
    Person("Designer"),
    Person("Editor"),
    Person("Translator"),
    Person("Support"),
    Person("Researcher"),
    Person("Analyst"),
    Person("Lead developer"),
    Person("Developer"),
    Person("Apprentice"),
)

# Project → who is an admin, a member or a viewer of it, beside the owner of the house. The first
# is the one that every house begins with.
MEMBERS: dict[str, dict[str, str]] = {
    "Home": {
        "Partner": "admin",
        "Teenager": "member",
        "Child": "member",
        "Grandparent": "member",
        "Student": "member",
        "Guest": "viewer",
    },
    "Homework": {
        "Tutor": "admin",
        "Teenager": "member",
        "Child": "member",
        "Student": "member",
        "Partner": "viewer",
    },
    "Office": {
        "Office manager": "admin",
        "Bookkeeper": "member",
        "Designer": "member",
        "Editor": "member",
        "Translator": "member",
        "Support": "member",
        "Researcher": "member",
        "Analyst": "member",
    },
    "Workshop": {
        "Lead developer": "admin",
        "Developer": "member",
        "Apprentice": "member",
        "Analyst": "member",
        "Designer": "viewer",
    },
    "Automation": {
        "Caretaker": "admin",
        "Lead developer": "member",
        "Support": "member",
        "Partner": "member",
    },
}

CHAT, CHAT_APP = "", "Chat"
USES = (
    # In the browser.
    Use(OWNER, "Home", CHAT, CHAT_APP, "everyday", "evening", 2.0),
    Use("Partner", "Home", CHAT, CHAT_APP, "everyday", "evening", 2.2),
    Use("Teenager", "Homework", CHAT, CHAT_APP, "everyday", "school", 3.0, 0, 1.6),
    Use("Child", "Home", CHAT, CHAT_APP, "small", "school", 1.0, 2, 1.5),
    Use("Grandparent", "Home", CHAT, CHAT_APP, "everyday", "morning", 0.8, 4, 2.0),
    Use("Student", "Homework", CHAT, CHAT_APP, "strong", "evening", 1.5),
    Use("Tutor", "Homework", CHAT, CHAT_APP, "strong", "school", 0.7),
    Use("Office manager", "Office", CHAT, CHAT_APP, "everyday", "office", 2.0),
    Use("Bookkeeper", "Office", CHAT, CHAT_APP, "everyday", "office", 1.2),
    Use("Editor", "Office", CHAT, CHAT_APP, "strong", "office", 1.8),
    Use("Apprentice", "Workshop", CHAT, CHAT_APP, "everyday", "office", 1.4, 3),
    # Home.
    Use(OWNER, "Home", "Tablet in the kitchen", "Open WebUI", "everyday", "evening", 1.5),
    Use(OWNER, "Home", "Laptop", "Raycast", "small", "evening", 1.2, 2, 1.8),
    Use(OWNER, "Home", "Telephone", "Chatbox", "small", "morning", 0.9),
    Use("Partner", "Home", "Recipes", "Open WebUI", "small", "evening", 0.8),
    Use("Partner", "Home", "Travel plans", "LibreChat", "everyday", "evening", 0.5, 5),
    Use("Teenager", "Home", "Game mods", "Continue", "coding", "school", 0.9, 3, 2.0),
    Use("Teenager", "Home", "Stories", "Open WebUI", "home", "evening", 1.2),
    Use("Child", "Home", "Reading friend", "Open WebUI", "home", "school", 0.8, 1),
    Use("Grandparent", "Home", "Family history", "LibreChat", "strong", "morning", 0.4, 6),
    Use("Student", "Home", "Languages", "Open WebUI", "small", "evening", 0.9),
    # Homework.
    Use("Teenager", "Homework", "Notes", "Obsidian", "small", "school", 1.0),
    Use("Student", "Homework", "Thesis", "Zotero", "strong", "evening", 1.4, 4, 2.5),
    Use("Student", "Homework", "Statistics", "Jupyter", "coding", "evening", 0.8, 6),
    Use("Tutor", "Homework", "Exercises", "LibreChat", "everyday", "school", 0.9),
    Use("Tutor", "Homework", "Marking", "Batch script", "bulk", "evening", 1.5, 2),
    # Office.
    Use("Office manager", "Office", "Letters", "Word add-in", "everyday", "office", 1.3),
    Use("Office manager", "Office", "Minutes", "Transcript summaries", "small", "office", 1.6),
    Use("Bookkeeper", "Office", "Invoices", "n8n", "bulk", "office", 5.0, 1, 1.5),
    Use("Bookkeeper", "Office", "Spreadsheets", "Spreadsheet add-in", "small", "office", 1.1),
    Use("Designer", "Office", "Alt texts", "Batch script", "small", "office", 1.2, 3),
    Use("Designer", "Office", "Plug-in", "Figma plug-in", "everyday", "office", 0.9, 7),
    Use("Editor", "Office", "Proofs", "Proof reader", "strong", "office", 1.5),
    Use("Editor", "Office", "Headlines", "Word add-in", "small", "office", 1.0),
    Use("Translator", "Office", "Drafts", "Translation desk", "everyday", "office", 3.0),
    Use("Translator", "Office", "Glossary", "Batch script", "bulk", "night", 3.0),
    Use("Support", "Office", "Answers", "Help desk", "small", "office", 6.0, 0, 1.7),
    Use("Support", "Office", "Sorting mail", "n8n", "bulk", "always", 7.0),
    Use("Researcher", "Office", "Reading list", "Zotero", "strong", "office", 1.2),
    Use("Researcher", "Office", "Interviews", "Transcript summaries", "everyday", "office", 0.9, 5),
    Use("Researcher", "Office", "Corpus", "Batch script", "bulk", "night", 4.0, 8, 2.0),
    Use("Analyst", "Office", "Dashboards", "Jupyter", "coding", "office", 1.3),
    # Workshop.
    Use("Lead developer", "Workshop", "Editor", "Cline", "coding", "builder", 6.0, 0, 1.8),
    Use("Lead developer", "Workshop", "Terminal", "Aider", "coding", "builder", 2.5),
    Use("Lead developer", "Workshop", "Reviews", "CI reviews", "strong", "office", 1.2, 4),
    Use("Developer", "Workshop", "Editor", "Zed", "coding", "builder", 5.0, 2, 2.2),
    Use("Developer", "Workshop", "Second editor", "Continue", "coding", "builder", 3.0, 0, 0.2),
    Use("Developer", "Workshop", "Tests", "CI reviews", "bulk", "always", 3.0, 5),
    Use("Apprentice", "Workshop", "Editor", "Cline", "coding", "builder", 2.2, 3, 2.0),
    Use("Apprentice", "Workshop", "Exercises", "Jupyter", "small", "office", 0.9, 3),
    Use("Analyst", "Workshop", "Notebooks", "Jupyter", "coding", "office", 1.6),
    Use("Analyst", "Workshop", "Labels", "Batch script", "bulk", "night", 5.0, 6, 1.8),
    # Automation.
    Use("Caretaker", "Automation", "Voice", "Home Assistant", "home", "always", 4.0),
    Use("Caretaker", "Automation", "Doorbell", "Home Assistant", "small", "always", 2.0, 4),
    Use("Caretaker", "Automation", "Night report", "n8n", "bulk", "night", 1.0),
    Use("Lead developer", "Automation", "Backups", "Batch script", "bulk", "night", 0.8),
    Use("Lead developer", "Automation", "Logs", "Log watcher", "bulk", "always", 9.0, 3, 2.0),
    Use("Support", "Automation", "Night shift", "Help desk", "small", "night", 1.2, 7),
    Use("Support", "Automation", "Search index", "Batch script", "bulk", "always", 6.0),
    Use("Partner", "Automation", "News", "n8n", "small", "morning", 0.7),
    Use("Partner", "Automation", "Calendar", "Home Assistant", "small", "morning", 0.4, 9),
)

LIMITS = (
    Limit("Whole house", "household", "monthly", 2.5),
    Limit("Child’s day", "person", "daily", 1.6, whom=("Child",)),
    Limit("Teenager’s week", "person", "weekly", 1.6, whom=("Teenager",)),
    Limit("Student’s month", "person", "monthly", 2.0, whom=("Student",)),
    Limit("Homework", "project", "weekly", 2.0, "Homework"),
    Limit("Office", "project", "monthly", 2.0, "Office"),
    Limit("Workshop", "project", "monthly", 2.2, "Workshop"),
    Limit("Automation", "project", "daily", 2.0, "Automation"),
    Limit("Apprentices", "members", "daily", 1.7, "Workshop", ("Apprentice",)),
    Limit("Logs", "keys", "daily", 1.7, "Automation", ("Logs",)),
    Limit("Batch work", "keys", "weekly", 1.8, "Office", ("Glossary", "Corpus", "Alt texts")),
    Limit("Thesis", "keys", "once", 2.5, "Homework", ("Thesis",)),
)
