"""What residents see: services, forms, their requests and their place. No page needs a script."""
