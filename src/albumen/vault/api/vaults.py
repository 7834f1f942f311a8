"""The routes of vaults themselves, and of the devices that may come for them."""

from datetime import timedelta
from typing import Any

from fastapi import Response

from albumen.http.deps import TheApp, public_id
from albumen.http.views import Routes
from albumen.kernel.actor import Scope
from albumen.vault import devices, vaults, views
from albumen.vault.api.holding import HolderReading, HolderWriting
from albumen.vault.views import DeviceForm, DeviceView, NewVaultForm, VaultForm, VaultView

routes = Routes(tags=["Vaults"])
_KEPT: dict[int | str, dict[str, Any]] = {404: {"description": "There is no such vault, or it is kept no longer"}}


@routes.get("/vaults", summary="The caller's vaults")
def list_vaults(unit: HolderReading) -> list[VaultView]:
    """The oldest first."""
    return [views.of_vault(each) for each in vaults.mine(unit)]


@routes.post("/vaults", summary="Make a vault", status_code=201)
def create_vault(unit: HolderWriting, form: NewVaultForm) -> VaultView:
    """Empty, and of the caller's own.  Its keys are made on a device and never come here."""
    return views.of_vault(vaults.create(unit, name=form.vault_id, quota_bytes=form.quota_bytes))


@routes.get("/vaults/{vault_id}", summary="A vault")
def get_vault(unit: HolderReading, vault_id: str) -> VaultView:
    """Where its log ends, and how much room it takes."""
    return views.of_vault(vaults.require(unit, vault_id, Scope.read))


@routes.patch("/vaults/{vault_id}", summary="Change a vault's quota")
def change_vault(unit: HolderWriting, vault_id: str, form: VaultForm) -> VaultView:
    """Null takes it away; the user's own quota stands beside it."""
    vault = vaults.owned(unit, vault_id)
    if "quota_bytes" in form.model_fields_set:
        vault.quota_bytes = form.quota_bytes
    return views.of_vault(vault)


@routes.delete("/vaults/{vault_id}", summary="Delete a vault", status_code=204)
def delete_vault(unit: HolderWriting, vault_id: str) -> None:
    """It can be restored for as long as the trash is kept; then everything in it goes for good."""
    vaults.delete(unit, vaults.owned(unit, vault_id))


@routes.post("/vaults/{vault_id}/restore", summary="Restore a deleted vault", responses=_KEPT)
def restore_vault(app: TheApp, unit: HolderWriting, vault_id: str) -> VaultView:
    """With all that is in it."""
    kept = timedelta(days=app.settings.libraries.trash_days)
    return views.of_vault(vaults.restore(unit, vault_id, kept=kept))


@routes.get("/vaults/{vault_id}/devices", summary="The devices of a vault")
def list_devices(unit: HolderReading, vault_id: str) -> list[DeviceView]:
    """Also those that were shut out."""
    return [views.of_device(each) for each in devices.listed(unit, vault_id)]


@routes.post("/vaults/{vault_id}/devices", summary="Let a device in", status_code=201)
def add_device(response: Response, unit: HolderWriting, vault_id: str, form: DeviceForm) -> DeviceView:
    """Its `token` (`Authorization: Bearer …`) is good for this vault alone, and is shown only now."""
    response.headers["Cache-Control"] = "no-store"
    return views.of_device(*devices.add(unit, vault_id, label=form.label))


@routes.delete("/vaults/{vault_id}/devices/{device_id}", summary="Shut a device out", status_code=204)
def revoke_device(unit: HolderWriting, vault_id: str, device_id: str) -> None:
    """Its token is good for nothing from now on.  What it has, it keeps."""
    devices.revoke(unit, vault_id, public_id(device_id))
