"""The register of a plan's measures, a measure's page, its set-up, and numbers given between rounds."""
