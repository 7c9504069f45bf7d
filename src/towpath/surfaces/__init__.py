"""What people see and use: portal, desk, insight, designer and API. They compose what several rooms know."""
