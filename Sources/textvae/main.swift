print("textvae")
