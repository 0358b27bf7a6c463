"""The pure core: what can happen, who may know it, and the ports through which it meets the world."""
