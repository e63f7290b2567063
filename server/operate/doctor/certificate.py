"""Can tills reach the server over HTTPS, and for how long?"""

from datetime import timedelta
from ipaddress import ip_address
from typing import Final

from common.clock import Clock
from server.operate.doctor.finding import Finding, bad, fine, warn
from server.operate.tls import Tls
from server.settings import Settings
from server.trouble import CertificateTrouble

WARN_BEFORE: Final = timedelta(days=14)
"""Authorities renew a month before the end: what is this near its end is not being renewed."""


def check_certificate(settings: Settings, clock: Clock) -> Finding:
    """The certificate that is set; without one, whether anything else speaks HTTPS for the server."""
    if settings.tls_certificate is None:
        return _without(settings)
    try:
        shown = Tls(settings.tls_certificate, settings.tls_key).presented()
    except CertificateTrouble as trouble:
        return bad("TLS", str(trouble))
    names = ", ".join(shown.names) or "no name at all"
    left = shown.ends_at - clock.now()
    renew = f"Renew it, and put the new one at {settings.tls_certificate}; the server takes it over by itself."
    if left <= timedelta(0):
        return bad("TLS", f"The certificate for {names} ended {-left.days} days ago; no till connects.", renew)
    if shown.begins_at > clock.now():
        return bad("TLS", f"The certificate for {names} is good only from {shown.begins_at:%Y-%m-%d} on.", renew)
    if left < WARN_BEFORE:
        return warn("TLS", f"The certificate for {names} ends in {left.days} days ({shown.ends_at:%Y-%m-%d}).", renew)
    return fine("TLS", f"The certificate for {names} is good for {left.days} days (to {shown.ends_at:%Y-%m-%d}).")


def _without(settings: Settings) -> Finding:
    if settings.trusted_proxies:
        return fine("TLS", "No certificate is set: the proxy in front (TILLSTAMP_TRUSTED_PROXIES) sees to HTTPS.")
    if _is_this_machine(settings.host):
        return fine("TLS", f"No certificate is set, and only this machine is served ({settings.host}).")
    return warn(
        "TLS",
        f"The server speaks plain HTTP at {settings.host}, which tills of other machines refuse.",
        "Set TILLSTAMP_TLS_CERTIFICATE and TILLSTAMP_TLS_KEY, or put nginx or Caddy in front "
        "and name it in TILLSTAMP_TRUSTED_PROXIES.",
    )


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
