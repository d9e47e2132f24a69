"""What the lists of models may be asked for, in words. A test holds it to the code."""

from typing import NamedTuple


class Filter(NamedTuple):
    name: str
    words: str


# The routes that take them.
ROUTES = frozenset({"models", "models/count", "models/user", "embeddings/models"})
FILTERS = [
    Filter("q", "Words of the name, the maker, an ability or a use. Small slips are forgiven."),
    Filter("model_authors", "Makers, such as openai. Several: with commas between."),
    Filter("providers", "Where it runs, such as groq."),
    Filter("input_modalities", "What it takes: text, image, file, audio, video."),
    Filter("output_modalities", "What it gives back. Without it: text. `all`: whatever it is."),
    Filter("supported_parameters", "What it must understand, such as tools or response_format."),
    Filter("use_case", "What it is good for, by the names of the list of models."),
    Filter("arch", "A family of models, such as llama."),
    Filter("context", "At least so many tokens of context."),
    Filter("min_price", "Dollars per million prompt tokens, at least."),
    Filter("max_price", "Dollars per million prompt tokens, at most."),
    Filter("min_output_price", "Dollars per million completion tokens, at least."),
    Filter("max_output_price", "Dollars per million completion tokens, at most."),
    Filter("max_chat_price", "Dollars for a typical chat, 600 tokens in and 500 out, at most."),
    Filter("min_age_days", "Released so many days ago, at least."),
    Filter("max_age_days", "Released so many days ago, at most."),
    Filter("free", "true: free models only."),
    Filter("open_weights", "true: only models whose weights are open."),
    Filter("zdr", "true: only where nothing is kept."),
    Filter("no_training", "true: only where nobody learns from it."),
    Filter("connected", "true: only what this house is connected to. With a key."),
    Filter("mine", "true: only what this key may use, which a key is told anyway."),
    Filter(
        "sort",
        "newest (the usual), name, pricing-low-to-high, pricing-high-to-low, context-high-to-low, "
        "throughput-high-to-low, latency-low-to-high, most-popular. Who has nothing to be sorted "
        "by comes last.",
    ),
    Filter("offset", "How many to leave out at the start."),
    Filter("limit", "How many at most, up to 1,000. links.next leads on."),
    Filter("use_rss", "true: as a feed of new models."),
]
