"""SLA: the working-day clocks of a case: started, warned, breached, met."""
