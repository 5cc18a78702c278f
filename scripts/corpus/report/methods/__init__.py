"""The methods text: facts about an analysed corpus, filled into a template, with its references."""
