"""What a maintainer runs from the checkout; no part of the product."""
