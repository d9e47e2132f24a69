from django.urls import path

from apps.usage.budget_pages import making, views

app_name = "budgets"
urlpatterns = [
    path("budgets/", views.list_budgets, name="list"),
    path("budgets/new/", making.make_budget, name="create"),
    path("budgets/<int:budget_id>/", views.show_budget, name="detail"),
    path("budgets/<int:budget_id>/change/", making.change_budget, name="change"),
    path("budgets/<int:budget_id>/removal/", views.remove_budget, name="remove"),
    path("budgets/<int:budget_id>/extra/", views.give_more, name="give-more"),
    path("budgets/<int:budget_id>/extra/<int:event_id>/undo/", views.undo_grant, name="undo"),
]
