"""What the store's database looks like, version by version; `migrate` brings it to the newest."""
