"""The state changes of the work: one public function each, used by every edge alike."""
