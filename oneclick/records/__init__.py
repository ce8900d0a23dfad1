"""Records: reading, writing with hooks, rules, secrets, files, and the JSON that clients see."""

from oneclick.records.api import answers, create_record, delete_record, list_page, update_record, view_record
from oneclick.records.dummy import rule_holds
from oneclick.records.expand import expand_records
from oneclick.records.keys import load_secrets
from oneclick.records.record import Record
from oneclick.records.request import RequestInfo
from oneclick.records.rules import rule_checker
from oneclick.records.secrets import SecretKey, Secrets
from oneclick.records.serialise import serialise
from oneclick.records.sign_up import add_picture, own_words, picture_field, sign_up, text_field
from oneclick.records.store import RecordStore

__all__ = [
    "Record",
    "RecordStore",
    "RequestInfo",
    "SecretKey",
    "Secrets",
    "add_picture",
    "answers",
    "create_record",
    "delete_record",
    "expand_records",
    "list_page",
    "load_secrets",
    "own_words",
    "picture_field",
    "rule_checker",
    "rule_holds",
    "serialise",
    "sign_up",
    "text_field",
    "update_record",
    "view_record",
]
