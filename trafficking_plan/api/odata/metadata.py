"""The description of the entity sets (CSDL), as XML and as JSON, made of the same table as the rows."""

from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from trafficking_plan.api.odata.entity_sets import SETS

NAMESPACE = "PlanRegister"
CONTAINER = "Register"
EDMX = "http://docs.oasis-open.org/odata/ns/edmx"
EDM = "http://docs.oasis-open.org/odata/ns/edm"
DESCRIPTION = "Org.OData.Core.V1.Description"
CORE = "https://oasis-tcs.github.io/odata-vocabularies/vocabularies/Org.OData.Core.V1.xml"


def as_xml() -> bytes:
    root = Element("edmx:Edmx", {"xmlns:edmx": EDMX, "Version": "4.0"})
    core = SubElement(root, "edmx:Reference", Uri=CORE)
    SubElement(core, "edmx:Include", Namespace="Org.OData.Core.V1")
    services = SubElement(root, "edmx:DataServices")
    schema = SubElement(services, "Schema", xmlns=EDM, Namespace=NAMESPACE)
    for each in SETS.values():
        entity = SubElement(schema, "EntityType", Name=each.entity)
        key = SubElement(entity, "Key")
        for name in each.key:
            SubElement(key, "PropertyRef", Name=name)
        for cell in each.properties.values():
            nullable = "true" if cell.is_nullable else "false"
            line = SubElement(entity, "Property", Name=cell.name, Type=cell.edm, Nullable=nullable)
            if cell.description:
                SubElement(line, "Annotation", Term=DESCRIPTION, String=cell.description)
    container = SubElement(schema, "EntityContainer", Name=CONTAINER)
    for each in SETS.values():
        SubElement(container, "EntitySet", Name=each.name, EntityType=f"{NAMESPACE}.{each.entity}")
    text: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def as_json() -> dict[str, Any]:
    types = {
        each.entity: {"$Kind": "EntityType", "$Key": list(each.key)}
        | {
            cell.name: {"$Type": cell.edm}
            | ({"$Nullable": True} if cell.is_nullable else {})
            | ({f"@{DESCRIPTION}": cell.description} if cell.description else {})
            for cell in each.properties.values()
        }
        for each in SETS.values()
    }
    sets = {
        each.name: {"$Collection": True, "$Type": f"{NAMESPACE}.{each.entity}"}
        for each in SETS.values()
    }
    return {
        "$Version": "4.01",
        "$EntityContainer": f"{NAMESPACE}.{CONTAINER}",
        "$Reference": {CORE: {"$Include": [{"$Namespace": "Org.OData.Core.V1"}]}},
        NAMESPACE: types | {CONTAINER: {"$Kind": "EntityContainer"} | sets},
    }
