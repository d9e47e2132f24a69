"""Which models and apps are used most, and which are rising. `public.py` says what of it strangers
are told; read it before anything here is shown to one."""
