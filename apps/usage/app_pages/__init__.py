"""The apps that call: the list of them, and the page of each. What they are called is decided in
`app_names.py`; which app a call comes from, in the gateway."""
