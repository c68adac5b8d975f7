"""A few of the cheapest calls to a real provider, to see where it differs from what this package assumes.

Run it with ``make live PROVIDER=bfl``. It says what it will do and asks before it sends anything; it spends at most
the cap. What came is kept as a recording without keys, from which a test can be made.
"""
