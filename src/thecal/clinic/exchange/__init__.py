"""What other systems read of the record: FHIR R4, one patient at a time or the whole clinic."""
