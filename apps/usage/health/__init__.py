"""How endpoints do, from the calls of this house: buckets.py and rollup.py are pure, counting.py
writes the sums of five minutes, reading.py tells what they say of the last day."""
