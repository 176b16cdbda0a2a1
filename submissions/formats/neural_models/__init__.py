"""Model files (.tflite, .onnx), taken apart statically: no interpreter ever loads what somebody sent."""
