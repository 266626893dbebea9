"""A first draft of the rules of a house, for the lead to change.

German, like the paper it is printed on: rules bind in the language in which they are signed.
"""

FIRST_RULES = """Dieses Haus gehört der Nachbarschaft. Alle sind willkommen, gleich welcher Herkunft, Sprache, \
Religion, welchen Geschlechts oder Alters, mit und ohne Behinderung.

1. Haltung: Was hier geschieht, steht auf dem Boden der freiheitlichen demokratischen Grundordnung. \
Veranstaltungen, die Menschen herabsetzen, zu Hass oder Gewalt aufrufen oder für verfassungsfeindliche Ziele werben, \
finden in diesem Haus nicht statt. Wer dagegen verstößt, muss das Haus sofort verlassen.

2. Verantwortung: Zu jeder Nutzung gehört eine verantwortliche Person, die während der ganzen Zeit anwesend ist. \
Sie achtet auf die Räume, die Fluchtwege und darauf, dass nicht mehr Menschen da sind, als der Raum zulässt.

3. Räume und Dinge: Bitte verlassen Sie den Raum so, wie Sie ihn selbst gern vorfinden: Tische und Stühle an ihrem \
Platz, Boden besenrein, Geschirr gespült, Fenster zu, Licht und Heizung aus. Melden Sie uns, was kaputtgegangen ist.

4. Nachbarschaft: Ab 22 Uhr ist es draußen leise und drinnen Zimmerlautstärke. Nach der Veranstaltung gehen alle \
ruhig nach Hause.

5. Sicherheit: Im Haus wird nicht geraucht. Offenes Feuer ist verboten. Notausgänge, Feuerlöscher und Rettungswege \
bleiben frei. Für Kinder sind ihre Begleitpersonen verantwortlich.

6. Schlüssel: Wer einen Schlüssel bekommt, gibt ihn nicht weiter, lässt keine Kopie machen und bringt ihn pünktlich \
zurück. Ein verlorener Schlüssel wird sofort gemeldet.

7. Geld: Die Miete und die Kaution werden vor der Nutzung bezahlt. Die Kaution gibt es zurück, wenn Räume und \
Schlüssel in Ordnung sind.

8. Absage: Wer nicht kommen kann, sagt so früh wie möglich ab, damit andere den Raum nutzen können."""
