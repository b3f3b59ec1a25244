"""Statistics: which cases count, and every figure's definition."""
