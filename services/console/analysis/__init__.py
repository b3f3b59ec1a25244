"""What leaves for analysts: the state of every case on a topic, and tables for exports and views, declared once."""
