"""演示城市: a believable city, built by calling actions only."""
