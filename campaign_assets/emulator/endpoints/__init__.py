"""What each endpoint of HubSpot's API does, one file per subject; every function takes the portal and a request."""
