"""Which network a name of the STM32 model zoo means: its tables spell one network in several ways."""

from __future__ import annotations

import re

# How a network was trained changes its accuracy, not its graph.
_TRAINING = re.compile(r"(_tfs|_tl|_fft|_training_from_scratch)\b|_(tfs|tl|fft)(?=_|$)")
_REMARKS = re.compile(r'[\\*"]|\s+-\s+coming soon')
_SPELLINGS = (
    (re.compile(r"_grayscale(_\d+)?$"), r"\1"),  # said again by the one channel of the input
    (re.compile(r"_+"), "_"),
    (re.compile(r"^mini_?resnet_?v2_(\d)_?stacks?(_64x50)?$"), r"miniresnetv2_\1stacks_64x50"),
    (re.compile(r"^mini_?resnet_(\d)_?stacks?(_64x50)?$"), r"miniresnet_\1stacks_64x50"),
    (re.compile(r"^yamnet_(256|1024).*$"), r"yamnet_\1_64x96"),
    (re.compile(r"^(st_)?ssd_mobilenet_v1_0\.25"), r"\1ssd_mobilenet_v1_025"),
    (re.compile(r"^ssd_mobilenet_v2_0\.35_fpn_?lite"), "ssd_mobilenet_v2_fpnlite_035"),
    (re.compile(r"^squeezenet_v1"), "squeezenetv1"),
    (re.compile(r"^(st_?mnist)(_byclass)?_v1(_28x28|_28)?$"), "st_mnist_v1_28"),
    (re.compile(r"^cnn2d_st_handposture.*$"), "cnn2d_st_handposture"),
)  # fmt: skip
_SQUARE = re.compile(r"(\d+)x\1(?:x(\d+))?\Z")
_ENDS_IN_SIDE = re.compile(r"_(28|32|96|128|192|224|256|320|416)(_|$)")


def zoo_name(stated: str, resolution: str) -> str:
    """The zoo's own spelling of newer tables, with the side of a square input.

    >>> zoo_name("MobileNet v1 0.25 tfs", "96x96x1"), zoo_name("SSD Mobilenet v1 0.25", "192x192")
    ('mobilenet_v1_0.25_96_grayscale', 'ssd_mobilenet_v1_025_192')
    """
    name = re.sub(r"[\s\-]+", "_", _REMARKS.sub("", stated.casefold()).strip())
    name = _TRAINING.sub("", name)
    for pattern, spelling in _SPELLINGS:
        name = pattern.sub(spelling, name)
    name = name.strip("_")
    square = _SQUARE.match(resolution)
    has_side = _ENDS_IN_SIDE.search(name) and not re.fullmatch(r"resnet_v1_\d+", name)
    if square and not has_side and not name.startswith(("yamnet", "cnn2d")):
        name = f"{name}_{square[1]}"
    if (
        ((square and square[2] == "1") or "grayscale" in stated)
        and name.startswith("mobilenet")
        and "grayscale" not in name
    ):
        name = f"{name}_grayscale"
    return name


def zoo_family(name: str) -> str:
    """The architecture family of a name that :func:`zoo_name` gave.

    >>> zoo_family("st_ssd_mobilenet_v1_025_192"), zoo_family("gmp_wl_24")
    ('st_ssd_mobilenet_v1', 'gmp')
    """
    families = (
        "fdmobilenet", "st_fdmobilenet", "st_efficientnet_lc_v1", "mobilenet_v1", "mobilenet_v2", "resnet_v1",
        "st_resnet_8_hybrid", "squeezenet", "ssd_mobilenet_v1", "st_ssd_mobilenet_v1", "ssd_mobilenet_v2_fpnlite",
        "st_yolo_lc_v1", "st_yolo_x", "tiny_yolo_v2", "yolov8n", "miniresnetv2", "miniresnet", "yamnet", "gmp", "ign",
        "svc", "st_mnist", "cnn2d_st_handposture",
    )  # fmt: skip
    return next((family for family in families if name.startswith(family)), name)


DATASETS = {
    "flowers": "Flowers", "food-101": "Food-101", "plant-village": "Plant-village", "plant": "Plant-village",
    "esc-10": "ESC-10", "esc10": "ESC-10", "esc_10": "ESC-10", "cifar10": "CIFAR-10", "cifar 10": "CIFAR-10",
    "cifar100": "CIFAR-100", "cifar 100": "CIFAR-100", "coco": "COCO person", "coco person": "COCO person",
    "coco-person": "COCO person", "coco person dataset": "COCO person", "coco_2017_person": "COCO person",
    "imagenet": "ImageNet", "emnist-byclass": "EMNIST ByClass", "emnist_byclass": "EMNIST ByClass",
    "fsd50k": "FSD50K", "fsd50k 5 classes": "FSD50K", "visualwakeword": "Visual Wake Words",
    "visual wake word": "Visual Wake Words", "wisdm": "WISDM",
}  # fmt: skip
"""Spellings of one dataset, lower case; a name that is not here stays as it is stated."""


def dataset_name(stated: str) -> str:
    """One spelling of a dataset; empty stays empty."""
    return DATASETS.get(stated.casefold(), stated)
