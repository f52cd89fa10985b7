"""RDFC-1.0 against an implementation that is not ours."""

import time

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.openbadges import rdfc

NODES = [f"_:n{number}" for number in range(6)]
IRIS = ["<urn:a>", "<urn:b>"]
LITERALS = ['"x"', '"y"', '"x"@en', '"1"^^<http://www.w3.org/2001/XMLSchema#integer>']
QUADS = st.tuples(
    st.sampled_from(NODES + IRIS),
    st.sampled_from(["<urn:p>", "<urn:q>"]),
    st.sampled_from(NODES + IRIS + LITERALS),
    st.sampled_from(["", "<urn:g>", "_:n0"]),
)


def by_oxigraph(quads) -> str:
    text = "".join(map(rdfc.line, quads))
    dataset = pyoxigraph.Dataset(pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.N_QUADS))
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    lines = pyoxigraph.serialize(dataset, format=pyoxigraph.RdfFormat.N_QUADS).decode().splitlines(True)
    return "".join(sorted(lines))


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.lists(QUADS, max_size=9, unique=True))
def test_it_agrees_with_another_on_any_small_graph(quads):
    assert rdfc.canonicalise(quads) == by_oxigraph(quads)


def test_lookalikes_are_told_apart_by_their_neighbourhood():
    ring = [(f"_:n{n}", "<urn:p>", f"_:n{(n + 1) % 5}", "") for n in range(5)]
    assert rdfc.canonicalise(ring) == by_oxigraph(ring)


def test_two_graphs_alike_cost_no_more_than_their_statements():
    """As where the same endorsement stands in two places of a badge."""
    alike = [
        quad
        for graph, node in (("_:g1", "_:n1"), ("_:g2", "_:n2"))
        for quad in (
            ("<urn:a>", "<urn:proof>", graph, ""),
            *((node, f"<urn:p{n}>", '"x"', graph) for n in range(6)),
        )
    ]
    assert rdfc.canonicalise(alike, budget=200) == by_oxigraph(alike)


def test_every_character_is_escaped_as_the_recommendation_says():
    text = "".join(map(chr, [*range(0x100), 0x2028, 0x1F600]))
    quads = [("<urn:a>", "<urn:p>", f'"{rdfc.escape(text)}"', "")]
    assert rdfc.canonicalise(quads) == by_oxigraph(quads)


def test_a_graph_made_to_waste_time_is_refused_soon():
    tangle = [f"_:n{number}" for number in range(8)]
    clique = [(one, "<urn:p>", other, "") for one in tangle for other in tangle if one != other]
    began = time.process_time()
    with pytest.raises(rdfc.TooComplex):
        rdfc.canonicalise(clique)
    assert time.process_time() - began < 2
