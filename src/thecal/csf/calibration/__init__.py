"""The model beside the published rows: what each figure means, what is met, what is missed."""
