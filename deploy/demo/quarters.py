"""The districts and quarters of Duisburg, with roughly where each quarter lies.

Names and which quarter belongs to which district are facts. The positions are approximate middles
of the quarters (latitude, longitude), good enough for a schematic map and nothing else.
"""

Position = tuple[float, float]

QUARTERS: dict[str, dict[str, Position]] = {
    "Walsum": {
        "Vierlinden": (51.546, 6.748),
        "Overbruch": (51.552, 6.727),
        "Alt-Walsum": (51.538, 6.707),
        "Aldenrade": (51.532, 6.732),
        "Wehofen": (51.533, 6.766),
        "Fahrn": (51.519, 6.751),
    },
    "Hamborn": {
        "Röttgersbach": (51.517, 6.780),
        "Marxloh": (51.506, 6.751),
        "Obermarxloh": (51.505, 6.772),
        "Neumühl": (51.494, 6.797),
        "Alt-Hamborn": (51.490, 6.768),
    },
    "Meiderich/Beeck": {
        "Bruckhausen": (51.490, 6.733),
        "Beeck": (51.477, 6.738),
        "Beeckerwerth": (51.479, 6.705),
        "Laar": (51.465, 6.730),
        "Untermeiderich": (51.464, 6.756),
        "Mittelmeiderich": (51.463, 6.776),
        "Obermeiderich": (51.465, 6.799),
    },
    "Homberg/Ruhrort/Baerl": {
        "Ruhrort": (51.453, 6.734),
        "Alt-Homberg": (51.450, 6.703),
        "Hochheide": (51.456, 6.675),
        "Baerl": (51.490, 6.674),
    },
    "Mitte": {
        "Altstadt": (51.434, 6.761),
        "Neuenkamp": (51.435, 6.730),
        "Kaßlerfeld": (51.444, 6.748),
        "Duissern": (51.439, 6.784),
        "Neudorf-Nord": (51.428, 6.795),
        "Neudorf-Süd": (51.415, 6.788),
        "Dellviertel": (51.425, 6.766),
        "Hochfeld": (51.418, 6.751),
        "Wanheimerort": (51.403, 6.763),
    },
    "Rheinhausen": {
        "Rheinhausen-Mitte": (51.402, 6.717),
        "Hochemmerich": (51.413, 6.725),
        "Bergheim": (51.414, 6.690),
        "Friemersheim": (51.390, 6.703),
        "Rumeln-Kaldenhausen": (51.397, 6.666),
    },
    "Süd": {
        "Bissingheim": (51.401, 6.811),
        "Wedau": (51.393, 6.795),
        "Buchholz": (51.385, 6.770),
        "Wanheim-Angerhausen": (51.387, 6.745),
        "Großenbaum": (51.369, 6.781),
        "Rahm": (51.351, 6.784),
        "Huckingen": (51.360, 6.757),
        "Hüttenheim": (51.370, 6.728),
        "Ungelsheim": (51.356, 6.734),
        "Mündelheim": (51.348, 6.697),
    },
}
