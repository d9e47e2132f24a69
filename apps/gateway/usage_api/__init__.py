"""What a key may ask of what it spent: /credits, /activity and /analytics, in OpenRouter's shapes
(openrouter.ai API reference, read 2026-11). All of it is about the key's own calls."""
