"""What repeats, in bookings and in the programme alike: rules, the dates they give, edits of a series.

Read `rule` for what can be said, `recurrence` for which dates come of it and why some do not,
`editing` for what a change of a series does to each of its dates. No pages here.
"""
