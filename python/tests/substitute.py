"""A plugin of pytest: puts undertone's MLPClassifier in the place of scikit-learn's before its tests are imported."""

import sklearn.neural_network

from undertone.sklearn import MLPClassifier

sklearn.neural_network.MLPClassifier = MLPClassifier


def pytest_report_header():
    return "undertone.sklearn.MLPClassifier took its place"


def pytest_terminal_summary(terminalreporter):
    from sklearn.neural_network.tests import test_mlp

    assert test_mlp.MLPClassifier is MLPClassifier
    terminalreporter.write_line("undertone.sklearn.MLPClassifier took its place")
