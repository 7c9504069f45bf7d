"""Where it is put together: settings, addresses, servers and the command line."""
