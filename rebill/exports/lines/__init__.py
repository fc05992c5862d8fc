"""Line exports: one row for every charge that was billed, on the purchase side (EK) and on the sales side (VK)."""
