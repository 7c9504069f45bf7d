"""The towns' population register of the demonstration: a system of its own, with its own data and its own key."""
