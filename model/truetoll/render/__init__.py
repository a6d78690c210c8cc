"""What all that is seen has in common: tables that fold, figures in one style, sheets."""
