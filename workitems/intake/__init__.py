"""How a plan comes in: made by hand, from its workbook or from a tracker; then adopted."""
