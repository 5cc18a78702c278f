"""How strongly a distance between faces speaks for one person or for two.

Embeddings are modelled as in probabilistic linear discriminant analysis with two covariances
(Ioffe 2006, https://doi.org/10.1007/11744085_41; Brümmer & de Villiers 2010, The speaker
partitioning problem, Odyssey 2010), both of them the same in all directions: a person is a point,
and an embedding deviates from it by light, age, pose and camera.

The deviations of all faces of one day are nearly the same, so many faces of one day tell hardly
more than one. How much the mean of a group of faces still deviates from its person is therefore
derived from the scatter of the group, and not from the number of faces.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from corpus.faces.embedders import EMBEDDERS

LEAST_DEVIATION = 0.3
"""Lowest expected squared distance of two groups of one person, as a share of that of two single
faces. The model would let it fall to 0 for large and varied groups, but people differ more than the
model says: by decades, glasses and beards. Chosen on photographs of one half of the labelled people
and on altered copies of clips, see docs/clustering.md."""
CAUTION = 0.95
"""Groups are joined as if `same_person` was smaller by this factor, because people who were merged
cannot be separated by hand, while a person who was split can be merged by name. Chosen on the same
photographs, and on clips of look-alikes in one studio."""


@dataclass(frozen=True)
class Evidence:
    """Calibrated evidence of distances; see `corpus.faces.embedders.Embedder` for the numbers."""

    same_person: float
    certainty: float
    usual_distance: float

    @classmethod
    def of_embedder(cls, name: str) -> "Evidence":
        """The calibration of an embedder."""
        embedder = EMBEDDERS[name]
        return cls(embedder.same_person, embedder.certainty, embedder.usual_distance)

    def cautious(self) -> "Evidence":
        """The evidence by which groups are joined, see `CAUTION`."""
        return replace(self, same_person=CAUTION * self.same_person)

    @property
    def deviation(self) -> float:
        """Expected squared distance of two single embeddings of one person."""
        return (self.usual_distance * self.same_person) ** 2

    @cached_property
    def ratio(self) -> float:
        """Expected squared distance of two people's embeddings, relative to that of one person's.

        It is the r for which both are equally likely at the distance `same_person`:
        r ln(r) / (r - 1) = 1 / usual_distance^2. The left side increases with r, from 1.
        """
        low, high = 1.0, 1e6
        for _ in range(100):
            middle = (low + high) / 2
            too_high = middle * np.log(middle) / (middle - 1) > 1 / self.usual_distance**2
            low, high = (low, middle) if too_high else (middle, high)
        return (low + high) / 2

    @property
    def dimensions(self) -> float:
        """Number of independent directions in which the model's embeddings vary.

        It follows from the log odds of two equal embeddings.
        """
        return 2 * self.certainty / np.log(self.ratio)

    def log_odds(
        self, squared_distance: np.ndarray, scatter_a: np.ndarray, scatter_b: np.ndarray
    ) -> np.ndarray:
        """Log likelihood ratio of one person against two, for pairs of groups of faces.

        For two single faces it is certainty * (1 - (distance / same_person)^2).

        Parameters
        ----------
        squared_distance
            Squared distances of the means of the groups.
        scatter_a, scatter_b
            Mean squared distances of the faces of each group from its mean.
        """
        deviation = self.deviation - scatter_a - scatter_b
        deviation = np.maximum(deviation, LEAST_DEVIATION * self.deviation)
        between = deviation + self.deviation * (self.ratio - 1)
        spread = np.log(between / deviation)
        return self.dimensions / 2 * (spread - squared_distance * (1 / deviation - 1 / between))

    def distance_at(self, log_odds: float) -> float:
        """Distance of two single faces with these log odds; 0 if not even equal faces have them."""
        return self.same_person * max(0.0, 1 - log_odds / self.certainty) ** 0.5


PRIOR = 2.0
"""The odds that a group is one person with a certain other group, before their faces are compared,
are 1 to PRIOR times the number of groups. A group has a partner at all in about one of three cases,
and every other group is as likely to be it. The more people a corpus has, the more pairs could be
merged wrongly, and the more evidence is needed."""


def needed_log_odds(n_groups: int) -> float:
    """Log odds above which two of `n_groups` groups are rather one person than two."""
    return float(np.log(PRIOR * max(n_groups, 1)))
