"""Hostile: every case of bad input under its id, and attackers who may send whatever they like."""
