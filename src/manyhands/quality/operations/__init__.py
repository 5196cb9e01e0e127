"""What is done about quality: answers aggregated, known answers scored, projects told how."""

from manyhands.quality.operations.aggregating import Aggregated, Item, WorkerEstimate, aggregate_field

__all__ = ["Aggregated", "Item", "WorkerEstimate", "aggregate_field"]
