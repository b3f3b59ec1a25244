"""What Redress publishes for those who read and write its topics, written from the declarations themselves."""
