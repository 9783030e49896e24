"""Those who know places on the map, each behind the same port."""
