"""The ground: journal, tenancy, access, jobs, crypto, clock and calendars, search."""
