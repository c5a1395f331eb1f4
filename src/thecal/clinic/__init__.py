"""The clinic: the record of patients, its audit trail, its accounts, its pages; a Django project.

One small app for each subject, with its models, services, pages, templates and migrations.
"""
