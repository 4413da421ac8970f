"""Help by task: what to do, in order, with a picture of the page on which it is done."""
