"""What people see and use: portal, desk and insight. They compose what several rooms know."""
