LOGGING: dict = {}
