"""What the whole house used, day by day and app by app, in OpenRouter's shapes: for any key, since
whoever holds one is somebody of the house."""
